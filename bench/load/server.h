/* What the server under test has used, from /proc, with its children. */
#ifndef SERVER_H
#define SERVER_H

/* CPU seconds, user and system, of the process, its threads and its descendants; steps of 10 ms. */
double server_cpu_s(long pid);
/* Resident memory in KB, of the process and its descendants. */
double server_memory_kb(long pid);
#endif
