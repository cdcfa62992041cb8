"""Layout shared by cards, forms and lists: a modal with its pages, and excerpts of long texts."""
