"""Where the variances and correlations of deep networks end, and how fast."""
