"""Events: written with the change that they tell of, delivered once in effect."""
