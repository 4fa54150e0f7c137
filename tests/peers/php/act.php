<?php
// Does one thing in WordPress through WordPress's own functions: JSON in on stdin, {"ok": …} or {"error": …} out.
$ask = json_decode(file_get_contents('php://stdin'), true);
if ($ask['do'] === 'install') { define('WP_INSTALLING', true); }
require getenv('PEER_SITE') . '/wp-load.php';

function install(array $ask) {
    require ABSPATH . 'wp-admin/includes/upgrade.php';
    wp_install('Salon Beispiel', 'admin', 'admin@example.test', true, '', 'admin-pass');
    update_option('comment_moderation', 0);
    update_option('comment_previously_approved', 0);
    update_option('show_avatars', 0);       // avatars would be requests to another host
    update_option('permalink_structure', '/%postname%/');
    global $wp_rewrite; $wp_rewrite->init(); flush_rewrite_rules(false);
    foreach (get_comments() as $comment) { wp_delete_comment($comment->comment_ID, true); }
    return password(['user' => 1]);
}

function password(array $ask) {
    $made = WP_Application_Passwords::create_new_application_password($ask['user'], ['name' => uniqid('test-')]);
    return is_wp_error($made) ? $made : $made[0];
}

function person(array $ask) {
    $login = sanitize_user(strtolower(remove_accents(str_replace(' ', '-', $ask['name']))), true);
    $known = username_exists($login);
    return $known ?: wp_insert_user(['user_login' => $login, 'user_pass' => "$login-pass", 'user_email' => "$login@example.test", 'display_name' => $ask['name']]);
}

function comment(array $ask) {
    $user = get_userdata(person(['name' => $ask['name']]));
    wp_set_current_user($user->ID);
    add_filter('comment_flood_filter', '__return_false', 99);   // the tests have no 15 seconds between two comments
    return wp_new_comment(wp_slash([
        'comment_post_ID' => $ask['post'], 'comment_parent' => $ask['parent'], 'comment_content' => $ask['text'],
        'comment_author' => $user->display_name, 'comment_author_email' => $user->user_email, 'comment_author_url' => '',
        'comment_author_IP' => '192.0.2.7', 'comment_agent' => 'tests', 'comment_type' => 'comment', 'user_id' => $user->ID,
    ]), true);
}

function edit(array $ask) {
    return wp_update_comment(wp_slash(['comment_ID' => $ask['comment'], 'comment_content' => $ask['text']]), true);
}

function status(array $ask) { return wp_set_comment_status($ask['comment'], $ask['status'], true); }
function trash(array $ask) { return wp_trash_comment($ask['comment']); }
function delete(array $ask) { return wp_delete_comment($ask['comment'], true); }

function post(array $ask) {
    return wp_insert_post(wp_slash(['post_title' => $ask['title'], 'post_content' => $ask['text'], 'post_status' => 'publish', 'post_author' => 1, 'comment_status' => 'open']), true);
}

function option(array $ask) { update_option($ask['name'], $ask['value']); return get_option($ask['name']); }

$actions = ['install', 'password', 'person', 'comment', 'edit', 'status', 'trash', 'delete', 'post', 'option'];
if (!in_array($ask['do'], $actions, true)) { echo json_encode(['error' => "unknown action {$ask['do']}"]); exit(1); }
$answer = $ask['do']($ask);
if (is_wp_error($answer)) { echo json_encode(['error' => $answer->get_error_code() . ': ' . $answer->get_error_message()]); exit(1); }
if ($answer === false) { echo json_encode(['error' => "WordPress refused: {$ask['do']}"]); exit(1); }
echo json_encode(['ok' => $answer]);
