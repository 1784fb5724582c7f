"""What is remembered between runs. Nothing yet: answers by content, spending and dismissals come here."""
