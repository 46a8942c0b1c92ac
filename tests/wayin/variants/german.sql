REPLACE INTO wp_options (option_name, option_value, autoload) VALUES ('WPLANG', 'de_DE', 'on')
