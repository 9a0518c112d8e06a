"""CESQL 1.0, the expression language of CloudEvents: which events somebody wants, decided on this side."""
