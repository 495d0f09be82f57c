"""The smallest workflow: it takes a room and tells of it, once for each request, without a function."""
