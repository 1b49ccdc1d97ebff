"""What several Rasa servers share: the conversations, who may go on with one at the moment, and the stream of events."""
