"""Shelves of people's own making: the librarians' collections, and everybody's reading lists."""
