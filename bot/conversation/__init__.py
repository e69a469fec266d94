"""From a message in the inbox to the committed reply, in order, once."""
