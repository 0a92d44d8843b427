"""What is served besides GraphQL: the page, sign-in, exports, health and metrics."""
