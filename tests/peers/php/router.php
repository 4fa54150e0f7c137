<?php
// For `php -S`: files are served as they are, everything else goes through WordPress's front door.
$site = $_SERVER['DOCUMENT_ROOT'];
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file($site . $path)) { return false; }
$_SERVER['SCRIPT_NAME'] = '/index.php';
chdir($site);
require $site . '/index.php';
