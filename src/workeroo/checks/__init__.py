"""What is wrong? One rule is one file with its page; an audit asks them all."""
