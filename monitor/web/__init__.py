"""The web page: server-rendered, complete without JavaScript, German first."""
