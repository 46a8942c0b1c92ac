-- Nobody can log in until the containers start and set passwords, and nothing that a visitor did not cause is left over.
UPDATE wp_users SET user_pass = '*';
DELETE FROM wp_usermeta WHERE meta_key = 'session_tokens';
DELETE FROM wp_options WHERE option_name LIKE '\_transient\_%' OR option_name LIKE '\_site\_transient\_%';
DELETE FROM wp_options WHERE option_name IN ('recently_edited', 'uninstall_plugins', 'auth_key', 'auth_salt', 'logged_in_key', 'logged_in_salt', 'nonce_key', 'nonce_salt', 'secure_auth_key', 'secure_auth_salt');
-- Menu items and the like carry the time of the build; with a fixed one, two builds give the same rows.
UPDATE wp_posts SET post_date = '2021-01-01 12:00:00', post_date_gmt = '2021-01-01 11:00:00', guid = CONCAT('http://demo-source.test:8080/?p=', ID) WHERE post_date > '2025-01-01';
UPDATE wp_users SET user_registered = '2021-01-01 08:00:00' WHERE ID = 1;
UPDATE wp_posts SET post_modified = post_date, post_modified_gmt = post_date_gmt WHERE post_modified > '2025-01-01';
DROP USER 'www-data'@'localhost';
