"""One module per page; each offers a `router` whose every route declares its gate."""
