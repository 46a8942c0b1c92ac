UPDATE wp_options SET option_value = '1' WHERE option_name = 'admin_email_lifespan'
