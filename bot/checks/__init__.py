"""What ``make check`` looks at beside what is read and checked at each start."""
