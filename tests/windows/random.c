/* wine 8 lacks the one function that Rust's standard library takes from bcryptprimitives.dll. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG count);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count)
{
    while (count > 0) {
        ULONG now = count > 65536 ? 65536 : (ULONG)count;
        if (!SystemFunction036(bytes, now))
            return FALSE;
        bytes += now;
        count -= now;
    }
    return TRUE;
}
