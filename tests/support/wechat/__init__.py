"""A simulator of WeChat's side: the platform's addresses, its calls, and phones."""
