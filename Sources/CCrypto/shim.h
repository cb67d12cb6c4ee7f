// The low-level functions only: EVP reads openssl.cnf and loads the modules that it names.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
