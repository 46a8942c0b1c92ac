CREATE DATABASE wordpress CHARACTER SET utf8mb4;
CREATE USER 'www-data'@'localhost' IDENTIFIED VIA unix_socket;
GRANT ALL PRIVILEGES ON *.* TO 'www-data'@'localhost';
