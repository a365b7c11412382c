"""What outlives a process: configuration versions, call records, the journal, voicemail."""
