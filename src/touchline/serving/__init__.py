"""What answers: the endpoints and the page."""
