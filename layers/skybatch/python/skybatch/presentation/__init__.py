"""Text for people that pages and emails share: summaries, outcomes with their reasons, figures, dates."""
