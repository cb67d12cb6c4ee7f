// What Swift's module of the C library lacks: Linux system calls, the size of a terminal, and the settings of the
// allocator.
#include <malloc.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/// Reads directory entries in the kernel's form: no allocation, no stat and no fcntl, unlike fdopendir.
static inline long system_getdents64(int descriptor, void *buffer, size_t count) {
  return syscall(SYS_getdents64, descriptor, buffer, count);
}

/// Renames a file unless the new name is taken (RENAME_NOREPLACE).
static inline int system_rename_without_replacing(int directory, const char *old_name, const char *new_name) {
  return (int)syscall(SYS_renameat2, directory, old_name, directory, new_name, 1);
}

/// Opens a file without a name in a directory (O_TMPFILE, which only has a value beside O_DIRECTORY).
static inline int system_open_unnamed(int from, const char *directory, int flags) {
  return (int)syscall(SYS_openat, from, directory, flags | 020000000, 0600);
}

/// The length of an extended attribute of an open file, of which as much is copied as there is room for.
static inline long system_fgetxattr(int descriptor, const char *name, void *value, size_t count) {
  return syscall(SYS_fgetxattr, descriptor, name, value, count);
}

/// How many columns a terminal has; 0 for what is no terminal, or does not tell.
static inline int system_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
