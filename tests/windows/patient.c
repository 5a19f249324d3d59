/* A program that cleans up when Ctrl-C comes, and ends with a code of its own. */
#include <stdio.h>
#include <windows.h>

static HANDLE heard;

static BOOL WINAPI hear(DWORD event)
{
    (void)event;
    SetEvent(heard);
    return TRUE;
}

int main(void)
{
    heard = CreateEventA(NULL, TRUE, FALSE, NULL);
    SetConsoleCtrlHandler(hear, TRUE);
    puts("waiting");
    fflush(stdout);
    if (WaitForSingleObject(heard, 60000) != WAIT_OBJECT_0)
        return 1;
    Sleep(500);
    puts("cleaned");
    fflush(stdout);
    return 5;
}
