"""Islands: the little JavaScript that a plugin brings, built with libraries from npm into its static files.

A plugin has a folder `islands/`: `package.json` with exact versions, `package-lock.json` with their
integrity, and a module for each island (`reader.js`). `python -m azora.islands` builds those of every
plugin into `static/built/`, which no repository holds. Where that was not done, pages do without.
"""
