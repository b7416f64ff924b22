/** The one argument of a worker process, by which the program knows that it is one. By itself: it is read at every start. */
export const WORKER_ARGUMENT = "fill-worker"
