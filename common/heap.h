/// The heap of a program that moves large mail through many threads.
#pragma once

#include <malloc.h>

namespace mail
{

/// Once, early in main: a buffer of a megabyte or more goes back to the system when it is freed.
/// malloc would raise that limit to 32 MB by itself after the first large mail, and then each
/// thread's arena keeps what one large mail took: 600 MB after 40 mails of 30 MB, in place of 110.
inline void give_large_memory_back()
{
    ::mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
}

}  // namespace mail
