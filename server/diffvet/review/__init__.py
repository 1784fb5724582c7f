"""What could go wrong: the pipeline from a parsed change to placed, identified findings and a ledger."""
