"""What plugins tell one another, as documents: JSON Schemas of every version, and AsyncAPI of all."""
