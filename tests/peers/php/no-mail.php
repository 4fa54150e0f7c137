<?php
// A must-use plugin: this WordPress sends no mail, even on a computer that could.
add_filter('pre_wp_mail', '__return_true');
