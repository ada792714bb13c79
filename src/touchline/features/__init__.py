"""Point-in-time facts about sides."""
