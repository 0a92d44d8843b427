"""Who someone is: sign-in links by e-mail, and sessions kept on the server."""
