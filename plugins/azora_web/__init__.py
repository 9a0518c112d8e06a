"""The campus's front: landing page, home, search over all plugins, language and colours."""
