-- Nobody can log in until the containers start and set passwords, and nothing that a visitor did not cause is left over.
UPDATE wp_users SET user_pass = '*';
DELETE FROM wp_usermeta WHERE meta_key = 'session_tokens';
DELETE FROM wp_options WHERE option_name LIKE '\_transient\_%' OR option_name LIKE '\_site\_transient\_%';
DELETE FROM wp_options WHERE option_name IN ('recently_edited', 'uninstall_plugins', 'auth_key', 'auth_salt', 'logged_in_key', 'logged_in_salt', 'nonce_key', 'nonce_salt', 'secure_auth_key', 'secure_auth_salt');
DROP USER 'www-data'@'localhost';
