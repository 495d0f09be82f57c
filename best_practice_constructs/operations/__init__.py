"""What a person runs when something went wrong: tools on queues and streams, with clients that are handed in."""
