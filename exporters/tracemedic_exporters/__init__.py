"""What leaves: exporters and the wrappers composed around them."""
