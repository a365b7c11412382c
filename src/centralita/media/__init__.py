"""The media workers, which relay, play and record audio, and the client that commands them."""
