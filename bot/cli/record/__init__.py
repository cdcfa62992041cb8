"""Commands about the record: the log verified and exported, rows examined, receipts, and content that is erased."""
