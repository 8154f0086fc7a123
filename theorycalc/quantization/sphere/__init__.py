"""Random points on a sphere: distortions and largest cosines in every arithmetic."""
