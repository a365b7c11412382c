"""The work that every system under test is given, and what it cost."""
