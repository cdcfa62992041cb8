"""Lists of proposals for one person: `/approvals`, its pages, the home tab, figures."""
