DELETE FROM wp_options WHERE option_name = 'rewrite_rules'
