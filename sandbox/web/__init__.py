"""The Web API and its sockets: what the app under test calls."""
