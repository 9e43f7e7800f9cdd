/** Names the file to which an app writes the error that ends it. */
export const APP_ERROR_FILE = 'SECURE_API_APP_ERROR_FILE';

/** Names the folder in which the processes of an app write what they have loaded. */
export const APP_FILES = 'SECURE_API_APP_FILES';
