"""What the common errors mean, why they happen and what helps, without asking anybody."""
