"""The library: a catalogue of books, articles, videos, documents and presentations."""
