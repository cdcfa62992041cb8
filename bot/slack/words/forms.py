"""What is wrong with a form that was sent."""

THIS_FORM_IS_OUT_OF_DATE = "This form is out of date. Copy what you typed, close it and open Edit again."
THIS_FIELD_CANNOT_BE_CHANGED_HERE = "This field cannot be changed here any more. Close the form and open Edit again."
