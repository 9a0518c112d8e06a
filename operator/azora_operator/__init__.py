"""The operator: keeps a campus in Kubernetes as its AzoraPlatform and AzoraPlugin resources say."""

__version__ = "0.1.0"
