"""The shell: layout, components, words and patterns with which every process can draw a page."""
